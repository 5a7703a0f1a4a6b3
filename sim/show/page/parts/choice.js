// A menu with its label.
export default {
  template: `
    <div class="choice">
      <label :for="name">{{ label }}</label>
      <select :id="name" :value="value" @change="$emit('put', $event.target.value)">
        <option v-for="each in options" :key="each.value" :value="each.value">{{ each.label }}</option>
      </select>
    </div>`,
  props: { name: String, label: String, value: String, options: Array },
  methods: { restore() { document.getElementById(this.name).value = this.value; } },
};
