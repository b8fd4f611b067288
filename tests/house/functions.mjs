// Prints {"file:line name": lines} for every function of the TypeScript and Vue files named on the command line.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const ts = createRequire(join(process.cwd(), 'package.json'))('typescript')
const found = {}

/** The script of a Vue file, with as many empty lines before it as it has in the file. */
function script(text) {
  const match = /<script[^>]*>([\s\S]*?)<\/script>/.exec(text)
  if (!match) return ''
  const before = text.slice(0, match.index + match[0].indexOf('>') + 1)
  return '\n'.repeat(before.split('\n').length - 1) + match[1]
}

for (const file of process.argv.slice(2)) {
  const text = readFileSync(file, 'utf8')
  const source = ts.createSourceFile(file, file.endsWith('.vue') ? script(text) : text, ts.ScriptTarget.Latest, true)
  const line = (position) => source.getLineAndCharacterOfPosition(position).line + 1
  const visit = (node) => {
    if (ts.isFunctionLike(node) && node.body) {
      const first = line(node.getStart())
      const called = node.name ? node.name.getText() : node.parent.name?.getText?.() ?? 'function'
      const where = `${file}:${first} ${called}`
      found[where] = line(node.getEnd()) - first + 1
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
}
console.log(JSON.stringify(found))
