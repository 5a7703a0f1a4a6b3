// One slider: its label, what it says now, and the way back to the file's value.
export default {
  template: `
    <div class="dial" :class="{ changed: was !== null }">
      <label :for="name">{{ label }}</label>
      <output :for="name">{{ shown }}</output>
      <input type="range" :id="name" :min="low" :max="high" :step="step" :value="live === null ? at : live" :disabled="off"
        :aria-valuetext="shown" @input="live = Number($event.target.value)" @change="set($event.target)" />
      <button v-if="was !== null" type="button" class="back" @click="$emit('undo')"
        :aria-label="'Put back to ' + was + ': ' + label">back to {{ was }}</button>
    </div>`,
  props: {
    name: String, label: String, at: Number, said: String, low: Number, high: Number, step: Number,
    top: { default: null }, was: { default: null }, off: Boolean,
  },
  data() { return { live: null }; },
  watch: { at() { this.live = null; }, said() { this.live = null; } },
  computed: {
    shown() {
      if (this.live === null) return this.said;
      return this.top !== null && this.live >= this.high ? this.top : String(this.live);
    },
  },
  methods: {
    set(input) { performance.mark("released"); this.$emit("put", Number(input.value)); },
    restore() { this.live = null; },
  },
};
