package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// circular are the packages whose files may call each other in circles: generated code, and what is not part of the product.
var circular = []string{
	"internal/store/query", "internal/fastlysim", "internal/fastlysim/account", "internal/slacksim", "internal/slacksim/blockkit", "internal/soak", "internal/soak/judge",
}

// TestFilesUseEachOtherDownward: within a package no two files call functions of each other, directly or through further files, so that a
// reader can begin at the bottom.
func TestFilesUseEachOtherDownward(t *testing.T) {
	root := filepath.Join("..", "..")
	for _, p := range listPackages(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		if slices.Contains(circular, name) {
			continue
		}
		calls := callsOf(t, filepath.Join(root, name))
		for _, file := range slices.Sorted(maps.Keys(calls)) {
			if circle := wayBack(calls, file); circle != nil {
				t.Errorf("%s: files use each other in a circle: %s", name, strings.Join(circle, " → "))
			}
		}
	}
}

// uses has, for each file, the other files that it calls, and one function of each.
type uses map[string]map[string]string

// callsOf reads the files of a package. A method counts where no other type of the package has one of that name.
func callsOf(t *testing.T, dir string) uses {
	t.Helper()
	set := token.NewFileSet()
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]*ast.File{}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(path)] = file
	}
	functions, methods := homes(files)
	calls := uses{}
	for name, file := range files {
		calls[name] = map[string]string{}
		note := func(home, function string) {
			if home != "" && home != name {
				calls[name][home] = function
			}
		}
		for _, unresolved := range file.Unresolved {
			note(functions[unresolved.Name], unresolved.Name)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if selector, ok := n.(*ast.SelectorExpr); ok {
				note(methods[selector.Sel.Name], selector.Sel.Name)
			}
			return true
		})
	}
	return calls
}

// homes returns in which file each function is declared, and each method whose name is only one method's, field's or import's.
func homes(files map[string]*ast.File) (functions, methods map[string]string) {
	functions, methods = map[string]string{}, map[string]string{}
	count := map[string]int{}
	for name, file := range files {
		for _, declared := range file.Decls {
			function, ok := declared.(*ast.FuncDecl)
			switch {
			case ok && function.Recv == nil:
				functions[function.Name.Name] = name
			case ok:
				methods[function.Name.Name] = name
				count[function.Name.Name]++
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if field, ok := n.(*ast.Field); ok {
				for _, named := range field.Names {
					count[named.Name]++
				}
			}
			return true
		})
	}
	maps.DeleteFunc(methods, func(method, _ string) bool { return count[method] > 1 || ast.IsExported(method) })
	return functions, methods
}

// wayBack returns the shortest circle from a file back to itself, with the functions that are called on the way.
func wayBack(calls uses, start string) []string {
	type step struct {
		file string
		way  []string
	}
	seen := map[string]bool{}
	for queue := []step{{start, []string{start}}}; len(queue) > 0; queue = queue[1:] {
		for _, next := range slices.Sorted(maps.Keys(calls[queue[0].file])) {
			way := append(slices.Clone(queue[0].way), "("+calls[queue[0].file][next]+")", next)
			if next == start {
				return way
			}
			if !seen[next] {
				seen[next] = true
				queue = append(queue, step{next, way})
			}
		}
	}
	return nil
}
