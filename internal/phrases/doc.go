// Package phrases keeps wording out of the repository that readers had to decode. It has no production code.
package phrases
