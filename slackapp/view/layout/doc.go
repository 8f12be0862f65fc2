// Package layout lays a table of usage or cost out as a grid: which rows and measures have a line or a column of their own, in which units, and
// with how many digits. What an answer says about the table is in the packages that use it.
package layout
