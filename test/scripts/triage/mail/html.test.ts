import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { htmlToText } from '../../../../scripts/triage/mail/html.ts'

const CASES: [name: string, html: string, text: string][] = [
  ['tags in a word leave it whole', 'v<b>ia</b>g<!-- x -->r<font size=1></font>a', 'viagra'],
  ['blocks separate words', '<p>one</p><p>two</p><td>three<br>four', 'one two three four'],
  [
    'styles and scripts are not shown',
    '<head><title>t</title></head><style>p{}</style>a<script>x<y</script>b',
    'a b',
  ],
  [
    'entities are decoded',
    'a&nbsp;&lt;b&gt; &#65;&#x42; &copy; &nosuch; &#xd800;',
    'a <b> AB © &nosuch; &#xd800;',
  ],
  ['an element that is never closed hides nothing', '<style>visible', 'visible'],
  ['an unclosed tag is text', 'a < b', 'a b'],
  ['an unclosed comment ends the text', 'a <!-- b', 'a'],
]

for (const [name, html, text] of CASES) {
  test(name, () => assert.equal(htmlToText(html), text))
}

test('any source gives text that is no longer than it, without runs of spaces', () => {
  const pieces = fc.constantFrom(
    '<',
    '>',
    '<!--',
    '-->',
    '<b>',
    '</b>',
    '<script>',
    '</script>',
    '&amp;',
    '&#',
    'x',
    ' ',
    '\n',
    '"',
  )
  fc.assert(
    fc.property(
      fc.array(pieces).map((some) => some.join('')),
      (html) => {
        const text = htmlToText(html)
        assert.ok(text.length <= html.length * 2)
        assert.doesNotMatch(text, /\s{2}/)
      },
    ),
  )
})
