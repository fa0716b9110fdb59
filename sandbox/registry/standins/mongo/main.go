// Command mongo answers MongoDB's wire protocol from an SQLite database: FerretDB, in one static binary.
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	listen := flag.String("listen", ":27017", "address to serve on")
	data := flag.String("data", "/data/db", "directory of the databases, one file each; it has to exist")
	flag.Parse()
	if err := serve(*listen, *data); err != nil {
		fmt.Fprintf(os.Stderr, "mongo: %v\n", err)
		os.Exit(1)
	}
}

// serve returns after SIGTERM or SIGINT, when the databases are closed.
func serve(listen, data string) error {
	// Queries are logged below Warn.
	logger := slog.New(slog.NewJSONHandler(os.Stdout, &slog.HandlerOptions{Level: slog.LevelWarn}))
	server, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: listen},
		Logger:    logger,
		Handler:   "sqlite",
		SQLiteURL: "file:" + data + "/",
	})
	if err != nil {
		return fmt.Errorf("cannot serve %s from %s: %w", listen, data, err)
	}
	ended, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	return server.Run(ended)
}
