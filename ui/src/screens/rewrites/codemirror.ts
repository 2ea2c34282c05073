// CodeMirror as bodies are edited with: lines, history, brackets, JSON.
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { bracketMatching, defaultHighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorState } from '@codemirror/state';
import { EditorView, keymap, lineNumbers } from '@codemirror/view';

type Options = { label: string; isJson: boolean; isDisabled: boolean; onchange: (text: string) => void };

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
        syntaxHighlighting(defaultHighlightStyle),
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
