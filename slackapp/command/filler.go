package command

import (
	"strings"

	"budgetbot/slackapp/command/typed"
)

// fillers are the words of whole sentences that say nothing about what is asked.
var fillers = strings.Fields("a about all and are at be can could did do does for get give has have how i in is it list me most much of on our please report " +
	"see show tell that the to total us usage use used uses using was we were what what's whats with would you")

func isFiller(w typed.Word) bool { return w.Is(fillers...) }
