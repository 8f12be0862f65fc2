// Package view chooses the surface that makes the message of a delivery: an alert's or a digest's.
//
// Below it stand the surfaces, one package each, and none of them imports another: view/usage answers questions on usage and cost, view/budget
// answers /budget, view/alert reports what crossed a threshold, and view/digest of a week or a closed month. The sentences that several of them
// share are in view/phrase. All of them are pure: values in, a message out, and the instant that a message is made for is an argument.
//
//	m := blocks.Fit(usageview.Usage(table, usageview.Context{Now: now, Command: "/usage"}))
package view
