/** Why nothing may be written while the past is shown: asked for before the words of a page are there. */
export const frozen = { en: 'This is the past: nothing can be changed here. Go back to now first.', zh: '正在回放，不能办理。请先回到当前。' }
