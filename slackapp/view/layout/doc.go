// Package layout lays out a table of usage or cost as a grid: it decides which rows and measures have a line or a column, in which units, and with how
// many digits. The packages that use it write the sentences about the table.
package layout
