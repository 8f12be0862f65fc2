// Package source remembers what was read from Fastly and decides where an account's usage is read: Cache keeps closed months and, for some
// minutes, the current one, and has a ServiceStore keep what services used; BillCache does the same for bills; Selector finds out whether the account
// has usage metrics or invoices alone, and InvoiceUsage makes usage of invoices. Callers that ask for the same at the same time share one read.
package source
