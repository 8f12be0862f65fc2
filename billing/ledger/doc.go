// Package ledger adds up what keys used, such as services or the rows of a table, month by month: exactly, in little memory, and for a limited number
// of keys. It knows no question and no table.
package ledger
