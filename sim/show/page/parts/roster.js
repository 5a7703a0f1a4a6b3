// Who sits in the council: a box for each member.
export default {
  template: `
    <fieldset class="roster">
      <legend>{{ label }}</legend>
      <label v-for="each in members" :key="each.id">
        <input type="checkbox" :checked="each.present" @change="$emit('put', each.id, $event.target.checked)" />
        <span>{{ each.name }}</span>
      </label>
    </fieldset>`,
  props: { label: String, members: Array },
  methods: {
    restore() {
      this.$el.querySelectorAll("input").forEach((box, n) => { box.checked = this.members[n].present; });
    },
  },
};
