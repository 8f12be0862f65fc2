// Package typed is what the commands have in common before either reads its own grammar: the words of a text as people and phones type them, and
// which of the known names such words are. It knows of no question and no budget.
//
//	text, tooLong := typed.Clean("“na bandwidth” 2026-01–2026-03")
//	all := typed.Words(text)
package typed
