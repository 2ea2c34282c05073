// CodeMirror as bodies are edited with: lines, history, brackets, JSON.
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorState } from '@codemirror/state';
import { EditorView, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';

type Options = { label: string; isJson: boolean; isDisabled: boolean; onchange: (text: string) => void };

/** In the page's own colours, which are fit for both themes. */
const COLOURS = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--accent)' },
  { tag: tags.string, color: 'var(--good)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--open)' },
  { tag: tags.invalid, color: 'var(--bad)', textDecoration: 'underline' },
]);

/** In a shadow root: there its styles need no `style` element, which this page's policy forbids. */
export function editor(place: HTMLElement, doc: string, { label, isJson, isDisabled, onchange }: Options): EditorView {
  const root = place.shadowRoot ?? place.attachShadow({ mode: 'open' });
  return new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc,
      extensions: [
        lineNumbers(),
        history(),
        bracketMatching(),
        syntaxHighlighting(COLOURS),
        EditorView.lineWrapping,
        EditorState.readOnly.of(isDisabled),
        // Tab leaves the editor: whoever has no mouse must get out again.
        keymap.of([...defaultKeymap, ...historyKeymap]),
        EditorView.contentAttributes.of({ 'aria-label': label }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onchange(update.state.doc.toString());
        }),
        ...(isJson ? [json()] : []),
        EditorView.theme({
          '&': { backgroundColor: 'var(--panel)', color: 'var(--ink)', fontSize: '12.5px' },
          '.cm-content': { fontFamily: 'var(--mono)', caretColor: 'var(--ink)' },
          '.cm-gutters': { backgroundColor: 'var(--sunk)', color: 'var(--dim)', border: '0' },
          '.cm-scroller': { overflow: 'auto' },
        }),
      ],
    }),
  });
}
