// A whole number with its label.
export default {
  template: `
    <div class="choice number">
      <label :for="name">{{ label }}</label>
      <input type="number" :id="name" :min="low" :max="high" step="1" :value="value" inputmode="numeric"
        @change="$emit('put', $event.target.value === '' ? null : Math.floor(Number($event.target.value)))" />
    </div>`,
  props: { name: String, label: String, low: Number, high: Number, value: Number },
  methods: { restore() { document.getElementById(this.name).value = this.value; } },
};
