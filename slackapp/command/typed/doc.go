// Package typed has what both commands need before they read their own grammars: it splits a text into words, as people and phones type them, and finds
// the known names among them. It knows nothing about questions or budgets.
//
//	text, tooLong := typed.Clean("“na bandwidth” 2026-01–2026-03")
//	all := typed.Words(text)
package typed
