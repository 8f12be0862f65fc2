// Package fastlysim is a strict Fastly billing API on loopback, for end-to-end
// tests, benchmarks and the demo.
//
// It answers the monthly usage endpoints, the invoices, the statistics by day and
// /tokens/self over real HTTP, under both known revisions of the contract, and
// refuses whatever the contract does not allow: a month it cannot read, a parameter
// it does not know, a cursor that belongs to another question. Its figures come
// from a generated [account.Account] or from exact ones given to [Server.Set] and its like;
// [Server.Fail] makes it misbehave.
//
// It must never know the code it tests: it imports none of it and shares no type
// with it, so that a mistake made there cannot be repeated here.
//
//	server, err := fastlysim.Start(fastlysim.Config{Token: "made-up"})
//	defer server.Close()
//	// point the client at server.URL() and compare with server.Month("2023-03")
package fastlysim
