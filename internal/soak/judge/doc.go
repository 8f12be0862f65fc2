// Package judge says what had to be posted in a quarter, from its script alone, and finds whether it was posted, once, in what people in the
// channels saw. It shares no code with the service and touches no process.
package judge
