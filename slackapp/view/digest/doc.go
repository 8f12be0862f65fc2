// Package digestview makes digests, the close of a month, and the late invoice. What a digest says of budgets is handed in as a phrase.Part.
package digestview
