package blocks

// Slack's limits, in characters unless they are counts. What is made here keeps those of a single block; Fit keeps those of a table and of the whole.
const (
	maxText        = 4000 // Slack's advice for the top-level text; it cuts at 40,000
	maxBlocks      = 50
	maxBlocksJSON  = 11000 // not documented: Slack refused 13,200 of JSON, and 11,341 of text
	maxSection     = 3000
	maxActions     = 25
	maxButtonText  = 75
	maxButtonValue = 2000
	maxTableRows   = 100
	maxTableCells  = 20
	maxTableText   = 10000
)

// Limits of our own, so that one long name does not push out the figures.
const (
	MaxCell   = 80
	MaxQuoted = 80
	// maxGridJSON leaves the words and buttons of an answer a good fifth of maxBlocksJSON.
	maxGridJSON = 8500
)
