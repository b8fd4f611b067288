/** The picture in the size a phone shows; the whole one is for looking closely. */
export const phoneSize = (url: string): string => url.replace(/\/full(?=\?|$)/, '/medium')
