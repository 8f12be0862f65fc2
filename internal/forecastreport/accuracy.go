package main

import (
	"fmt"
	"io"
	"math"
)

// origins are the days of the month after which a forecast is measured.
var origins = []int{1, 2, 3, 5, 7, 10, 14, 20, 25}

// measured are the errors of one method: by series and by place in origins, as a share of the month's final usage.
type measured [][][]float64

func measure(all []series, m method) measured {
	found := make(measured, len(all))
	for i := range all {
		found[i] = make([][]float64, len(origins))
		for _, month := range all[i].months() {
			for j, day := range origins {
				l := look{&all[i], month, day}
				found[i][j] = append(found[i][j], m.end(l)/l.final()-1)
			}
		}
	}
	return found
}

// by returns a statistic for every origin, each series weighing alike.
func (m measured) by(statistic func([]float64) float64) []float64 {
	figures := make([]float64, len(origins))
	for _, ofSeries := range m {
		for j, errors := range ofSeries {
			figures[j] += statistic(errors) / float64(len(m))
		}
	}
	return figures
}

func absolute(values []float64) []float64 {
	sizes := make([]float64, len(values))
	for i, v := range values {
		sizes[i] = math.Abs(v)
	}
	return sizes
}

func meanSize(errors []float64) float64 { return mean(absolute(errors)) }
func ninth(errors []float64) float64    { return quantileOf(absolute(errors), 0.9) }

// accuracy prints how far each method is off.
func accuracy(w io.Writer, all []series, methods []method) {
	found := make([]measured, len(methods))
	for i, m := range methods {
		found[i] = measure(all, m)
	}
	for _, part := range []struct {
		title     string
		statistic func([]float64) float64
		sign      string
	}{
		{"Mean error, % of the month's final usage, by the days counted", meanSize, ""},
		{"Nine in ten errors are below, %", ninth, ""},
		{"Bias, % (above 0: too much was foreseen)", mean, "+"},
	} {
		t := table{title: part.title, head: append(dayNames(), "mean")}
		for i, m := range methods {
			figures := found[i].by(part.statistic)
			t.add(m.name, percents(append(figures, mean(figures)), part.sign)...)
		}
		t.print(w)
	}
	bySeries(w, all, methods, found)
}

// bySeries prints where each method is better and worse.
func bySeries(w io.Writer, all []series, methods []method, found []measured) {
	t := table{title: "Mean error by series, %, over all days above", head: []string{"months"}}
	for _, m := range methods {
		t.head = append(t.head, m.name)
	}
	for i := range all {
		figures := make([]float64, len(methods))
		for j := range methods {
			figures[j] = mean(measured{found[j][i]}.by(meanSize))
		}
		t.add(all[i].Name, append([]string{fmt.Sprint(len(all[i].months()))}, percents(figures, "")...)...)
	}
	t.print(w)
}

func dayNames() []string {
	names := make([]string, len(origins))
	for i, day := range origins {
		names[i] = fmt.Sprintf("d%d", day)
	}
	return names
}
