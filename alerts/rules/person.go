package rules

// Person is a person, or a group, that a rules file names under people.
type Person struct {
	Name string `json:"name"` // as the file calls them
	ID   string `json:"id"`   // Slack's: U… or W… for a person, S… for a user group
}
