// Package rulesfile reads rules.yaml. It walks the YAML nodes, so that one reading reports every mistake with its file, line and column and
// the nearest key that exists. It also warns of a rule that looks like a renamed one.
package rulesfile
