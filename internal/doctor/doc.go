// Package doctor examines everything that the service needs: the environment, the rules, Slack's tokens, scopes and
// channels, Fastly's token, usage, services and bills, and the database. For each it reports what is wrong and what to
// do next. It posts to Slack only if asked to.
package doctor
