// Where numbers come from: a row each, with what stands behind it.
export default {
  template: `
    <div class="scroll" :tabindex="wide ? 0 : null" role="region" :aria-label="caption">
    <table class="plain ledger">
      <caption>{{ caption }}</caption>
      <thead><tr><th scope="col" v-for="each in heads" :key="each">{{ each }}</th></tr></thead>
      <tbody><tr v-for="each in rows" :key="each.id">
        <th scope="row"><b>{{ each.head }}</b><span v-for="line in each.lines" :key="line" class="soft line">{{ line }}</span></th>
        <td v-for="(cell, n) in each.cells" :key="n" :class="{ number: n < 2 }" :data-label="heads[n + 1]">{{ cell }}
          <details v-if="n === 2 && each.more.length"><summary>What is missing or weak</summary>
            <p v-for="line in each.more" :key="line">{{ line }}</p></details></td>
      </tr></tbody>
    </table></div>`,
  props: { caption: String, heads: Array, rows: Array },
  // a table that must be scrolled can be reached by keyboard; any other is no stop
  data() { return { wide: false }; },
  mounted() {
    this.watcher = new ResizeObserver(() => { this.wide = this.$el.scrollWidth > this.$el.clientWidth; });
    this.watcher.observe(this.$el);
    this.watcher.observe(this.$el.firstElementChild);
  },
  unmounted() { this.watcher.disconnect(); },
};
