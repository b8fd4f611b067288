import { ref } from 'vue'

/** Whether the keyboard is to stand in the case drawer as soon as its card is there: somebody opened it from the command bar. */
export const entering = ref(false)
