// Package rules is what a rules file says, once it is read: rules and their budgets, teams, people, schedules and working hours, and which
// usage a rule counts. It is pure; package rulesfile reads the YAML.
package rules
