// What does not fit on the screen, as sentences: pages and boxes that move sideways, words and buttons cut off without a way to read them.
() => {
  const found = []
  const SLACK = 2
  const name = element => `<${element.tagName.toLowerCase()} class="${element.className?.baseVal ?? element.className}"> ${(element.innerText ?? '').trim().replace(/\s+/g, ' ').slice(0, 60)}`
  const style = element => getComputedStyle(element)
  const clips = value => value === 'hidden' || value === 'clip'
  const scrolls = value => value === 'auto' || value === 'scroll'
  const root = document.documentElement
  if (root.scrollWidth > root.clientWidth) found.push(`the page moves sideways: ${root.scrollWidth} of ${root.clientWidth} px`)

  /** Boxes that may be wider than the screen, because that is what they are for: they can be moved with keys, by name. */
  const mayMove = element => element.matches('nav, pre, [role=region][tabindex], [role=tablist], [role=group], .chips, canvas') || element.closest('.tape, .timeline')
  for (const element of document.body.querySelectorAll('*')) {
    if (element.clientWidth === 0 || !element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue
    if (scrolls(style(element).overflowX) && element.scrollWidth > element.clientWidth + SLACK && !mayMove(element) && !element.matches('textarea, input, select')) {
      found.push(`moves sideways (${element.scrollWidth} of ${element.clientWidth} px): ${name(element)}`)
    }
  }

  const unseen = element => {
    const box = element.getBoundingClientRect()
    return box.width <= 1 || box.height <= 1 || element.closest('.unseen, .maplibregl-map, [aria-hidden=true], .skip') !== null
  }
  const hasWords = element => [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim())
  const wanted = [...document.body.querySelectorAll('*')].filter(one => (hasWords(one) || one.matches('a[href], button, input, select, textarea')) && !one.matches('script, style, option, title, text, tspan'))
  for (const element of wanted) {
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || unseen(element)) continue
    const own = style(element)
    const ellipsis = own.textOverflow === 'ellipsis' || own.webkitLineClamp !== 'none'
    if (hasWords(element) && clips(own.overflowX) && !ellipsis && element.scrollWidth > element.clientWidth + SLACK && !element.title) found.push(`words cut: ${name(element)}`)
    const box = element.getBoundingClientRect()
    for (let above = element.parentElement; above && above !== root; above = above.parentElement) {
      const how = style(above)
      if (scrolls(how.overflowX) || scrolls(how.overflowY)) break
      const edge = above.getBoundingClientRect()
      if (clips(how.overflowX) && (box.right > edge.right + SLACK || box.left < edge.left - SLACK)) {
        if (how.textOverflow !== 'ellipsis') found.push(`outside on the ${box.right > edge.right ? 'right' : 'left'} (by ${Math.round(Math.max(box.right - edge.right, edge.left - box.left))} px of <${above.tagName.toLowerCase()} class="${above.className}">): ${name(element)}`)
        break
      }
      if (clips(how.overflowY) && (box.top > edge.bottom || box.bottom < edge.top)) {
        found.push(`out of reach below <${above.tagName.toLowerCase()} class="${above.className}">: ${name(element)}`)
        break
      }
      if (how.position === 'fixed') break
    }
  }
  return [...new Set(found)].slice(0, 12)
}
