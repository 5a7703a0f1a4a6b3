// The tile map: a tile a member. Its label says in words what it shows.
export default {
  template: `
    <figure class="map">
      <ul class="legend" aria-hidden="true">
        <li v-for="each in legend" :key="each"><i :class="'look-' + each"></i>{{ each }}</li>
      </ul>
      <div v-if="tiles.length" role="img" :aria-label="label" class="tiles"
        :style="{ gridTemplateColumns: 'repeat(' + columns + ', minmax(0, 1fr))' }">
        <div v-for="each in tiles" :key="each.id + each.row + each.column" class="tile" :class="'look-' + each.look"
          :style="{ gridRow: each.row, gridColumn: each.column }" :title="each.title">
          <b>{{ each.id }}</b><small>{{ each.extra }}</small>
        </div>
      </div>
      <figcaption>{{ label }}</figcaption>
    </figure>`,
  props: { label: String, rows: Number, columns: Number, tiles: Array, legend: Array },
};
