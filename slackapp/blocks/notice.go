package blocks

import (
	"cmp"
)

// Mistake is a command that was not understood.
type Mistake struct {
	// Sentence is one sentence of plain text about what was not understood. Text between backticks is shown as code; a
	// person's own words go through Quote.
	Sentence string
	// Corrected are the nearest right forms, best first: the full text behind the command, "2023-01..2023-03 cdn_usage".
	Corrected []string
	// Command is the slash command's name, such as "/usage".
	Command string
	// Hint is one more sentence, of the same kind as Sentence, such as which names there are; it may be empty.
	Hint string
	// ActionID begins the ids of the buttons that run the corrected text; empty is ActionRunIt.
	ActionID string
}

// Message returns the mistake as one sentence, the corrected commands to copy, and a button that runs each.
func (m Mistake) Message() Message {
	lines := []string{Prose(m.Sentence)}
	for _, text := range m.Corrected {
		lines = append(lines, Code(m.Command+" "+text))
	}
	if m.Hint != "" {
		lines = append(lines, Prose(m.Hint))
	}
	answer := Note(lines...)
	answer.Text = Joined(" ", lines[0], Joined(" ", lines[1:]...))
	answer.Blocks = append(answer.Blocks, Buttons("corrections", RunButtons(cmp.Or(m.ActionID, ActionRunIt), m.Corrected))...)
	return answer
}

// Refusal says in one sentence that something is not allowed, and in one what to do instead. Both are plain text with code
// between backticks.
func Refusal(sentence, next string) Message { return Note(Prose(sentence), Prose(next)) }

// Trouble says in one sentence what went wrong on our side, and in one what to do. The reference lets an operator find it in
// the log.
func Trouble(sentence, next, ref string) Message {
	m := Refusal(sentence, next)
	m.Blocks = append(m.Blocks, Context("reference", "reference "+Code(ref))...)
	return m
}

// Busy says that there is too much to do just now.
func Busy() Message {
	return Note("I can't take another question right now.", "Ask again in a minute.")
}

// Working says that an answer takes a while.
func Working() Message { return Note("Working on it. The answer will appear here.") }
