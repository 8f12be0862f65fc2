// Package answer applies what a person answers to a budget, acknowledge, mute or undo: whether it still fits what is known is a pure
// decision, and the store writes it if nobody was faster.
package answer
