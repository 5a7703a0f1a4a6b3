// What was changed from the file, with a way back for each.
export default {
  template: `
    <div>
    <p v-if="!rows.length" class="soft">Nothing: this is the scenario as its file has it.</p>
    <div v-else class="scroll" tabindex="0" role="region" aria-label="What was changed">
    <table class="plain">
      <thead><tr><th scope="col">path</th><th scope="col">in the file</th><th scope="col">now</th>
        <th scope="col"><span class="unseen">put back</span></th></tr></thead>
      <tbody><tr v-for="each in rows" :key="each.key">
        <th scope="row"><code>{{ each.shown }}</code></th><td>{{ each.before }}</td><td>{{ each.now }}</td>
        <td><button v-if="!each.by" type="button" class="back" @click="$emit('undo', each.key)"
          :aria-label="'Put back ' + each.shown">put back</button><span v-else class="soft">{{ each.by }}</span></td>
      </tr></tbody>
    </table></div></div>`,
  props: { rows: Array },
};
