// A table whose numbers are also bars; a row's head may be a button that chooses it.
export default {
  template: `
    <div class="scroll" :tabindex="wide ? 0 : null" role="region" :aria-label="caption">
    <table class="bars" :class="{ many: heads.length > 1 }">
      <caption>{{ caption }}</caption>
      <thead><tr>
        <th scope="col">{{ first }}</th>
        <th scope="col"><span class="unseen">as a bar</span></th>
        <th scope="col" v-for="each in heads" :key="each" class="number">{{ each }}</th>
      </tr></thead>
      <tbody>
        <tr v-for="each in rows" :key="each.id" :class="{ strong: each.strong, chosen: each.id === chosen }">
          <th scope="row">
            <button v-if="choosable" type="button" @click="$emit('choose', each.id)">{{ each.head }}</button>
            <template v-else>{{ each.head }}</template>
          </th>
          <td class="bar" aria-hidden="true"><span v-if="each.bar > 0" :class="'look-' + (each.look || 'stated')"
            :style="{ width: 100 * each.bar + '%' }"></span></td>
          <td v-for="(cell, n) in each.cells" :key="n" class="number">{{ cell }}</td>
        </tr>
      </tbody>
    </table>
    </div>`,
  props: { caption: String, first: String, heads: Array, rows: Array, choosable: Boolean, chosen: { default: null } },
  // a table that must be scrolled can be reached by keyboard; any other is no stop
  data() { return { wide: false }; },
  mounted() {
    this.watcher = new ResizeObserver(() => { this.wide = this.$el.scrollWidth > this.$el.clientWidth; });
    this.watcher.observe(this.$el);
    this.watcher.observe(this.$el.firstElementChild);
  },
  unmounted() { this.watcher.disconnect(); },
};
