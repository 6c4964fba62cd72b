package postgres

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"clientele.dev/internal/store"
)

//go:embed distribution.sql
var prepareDistribution string

// distributionStep is one transaction of a distribution.
type distributionStep struct {
	name string
	sql  string
}

// distributedTable is a table that is distributed, the column by which, and the table whose rows of the same value are
// on the same machine.
type distributedTable struct{ table, column, with string }

// distributedTables are those of customers and what is theirs, by the customer; unique names, by the name; and counts
// and sums, by the part of them.
func distributedTables() []distributedTable {
	all := []distributedTable{{"customers", "id", "none"}}
	ofCustomers := func(table string) { all = append(all, distributedTable{table, "customer_id", "customers"}) }
	for _, k := range append(slices.Clone(store.Kinds), store.Movements) {
		if k.Owned {
			ofCustomers(k.Table)
		}
		if k.HasMetadata {
			ofCustomers(k.Metadata())
		}
		if k.Search != store.SearchNothing {
			ofCustomers(k.Texts())
		}
	}
	ofCustomers("events")
	ofCustomers("closing_digests")
	return append(all, []distributedTable{
		{"customer_names", "name", "none"},
		{"object_customers", "id", "customer_names"},
		{"answers", "key", "customer_names"},
		{"positions", "ms", "none"},
		{"row_counts", "part", "none"},
		{"row_count_changes", "part", "row_counts"},
		{"ledger_sums", "part", "row_counts"},
		{"ledger_sum_changes", "part", "row_counts"},
	}...)
}

// everywhere are the tables that every machine has.
var everywhere = []string{
	"payment_methods", "payment_currencies", "settings", "api_keys", "apps", "sessions",
	"leases", "closings", "consumers", "webhook_endpoints", "webhook_secrets", "webhook_queues", "webhook_deliveries",
	"webhook_attempts", "pruned_events",
}

// distributionSteps are the steps of a distribution, in their order.
func distributionSteps() []distributionStep {
	steps := []distributionStep{{"keys", prepareDistribution}}
	for _, d := range distributedTables() {
		shards := ""
		if d.table == "row_counts" { // which are few, and all asked for every total
			shards = ", shard_count => 4"
		}
		steps = append(steps,
			distributionStep{d.table, fmt.Sprintf("SELECT create_distributed_table('%s', '%s', colocate_with => '%s'%s)",
				d.table, d.column, d.with, shards)},
			distributionStep{d.table + ", its former rows",
				fmt.Sprintf("SELECT truncate_local_data_after_distributing_table('%s')", d.table)})
	}
	for _, table := range everywhere {
		steps = append(steps, distributionStep{table, fmt.Sprintf("SELECT create_reference_table('%s')", table)})
	}
	return steps
}

// isDistributed says whether the tables are distributed. Between is neither.
func isDistributed(ctx context.Context, db querier) (is bool, err error) {
	var begun bool
	err = db.QueryRow(ctx, "SELECT to_regclass('distribution_steps') IS NOT NULL").Scan(&begun)
	if err != nil || !begun {
		return false, err
	}
	var done int
	err = db.QueryRow(ctx, "SELECT count(*) FROM distribution_steps").Scan(&done)
	if err == nil && done < len(distributionSteps()) {
		err = errors.New("its distribution has begun and not ended: run clientele migrate --distribute until it has")
	}
	return true, err
}

// Distribute brings the schema of a database up to date, distributes its tables over the machines of its Citus cluster,
// and tells report of each step before it begins: how many are done, of how many. When it ends early, it goes on from
// there the next time.
func Distribute(ctx context.Context, url string, report func(step string, done, all int)) error {
	config, err := configOf(url)
	if err != nil {
		return err
	}
	if err := migrateAlone(ctx, config); err != nil {
		return fmt.Errorf("the database %s: %w", nameOf(config), err)
	}
	connection := config.ConnConfig.Copy()
	connection.RuntimeParams["application_name"] = "clientele migrate"
	connection.RuntimeParams["default_transaction_isolation"] = "read committed"
	delete(connection.RuntimeParams, "plan_cache_mode")
	delete(connection.RuntimeParams, "idle_in_transaction_session_timeout")
	c, err := pgx.ConnectConfig(ctx, connection)
	if err != nil {
		return fmt.Errorf("the database %s: %w", nameOf(config), err)
	}
	defer c.Close(context.WithoutCancel(ctx)) //nolint:errcheck // what is committed stays
	if err := distribute(ctx, c, report); err != nil {
		return fmt.Errorf("the database %s: %w", nameOf(config), err)
	}
	return nil
}

// migrateAlone brings the schema up to date.
func migrateAlone(ctx context.Context, config *pgxpool.Config) error {
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return err
	}
	defer pool.Close()
	return migrate(ctx, pool, nil)
}

func distribute(ctx context.Context, c *pgx.Conn, report func(step string, done, all int)) error {
	var alone bool
	const lock = "SELECT pg_try_advisory_lock(hashtextextended('clientele distribution', 0))"
	if err := c.QueryRow(ctx, lock).Scan(&alone); err != nil {
		return err
	}
	if !alone {
		return errors.New("another process is distributing it: wait for its end")
	}
	if err := checkDistributable(ctx, c); err != nil {
		return err
	}
	_, err := c.Exec(ctx, "CREATE TABLE IF NOT EXISTS distribution_steps (name text PRIMARY KEY)")
	if err != nil {
		return err
	}
	rows, err := c.Query(ctx, "SELECT name FROM distribution_steps")
	if err != nil {
		return err
	}
	finished, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	steps := distributionSteps()
	for i, step := range steps {
		if slices.Contains(finished, step.name) {
			continue
		}
		report(step.name, i, len(steps))
		err := pgx.BeginFunc(ctx, c, func(db pgx.Tx) error {
			if _, err := db.Exec(ctx, step.sql); err != nil {
				return err
			}
			_, err := db.Exec(ctx, "INSERT INTO distribution_steps VALUES ($1)", step.name)
			return err
		})
		if err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return nil
}

// checkDistributable refuses a database that has no Citus, no machines, or servers at work.
func checkDistributable(ctx context.Context, c *pgx.Conn) error {
	var hasCitus bool
	err := c.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus')").Scan(&hasCitus)
	if err != nil {
		return err
	}
	if !hasCitus {
		return errors.New("it is not the coordinator of a Citus cluster: CREATE EXTENSION citus on every machine, and " +
			"SELECT citus_add_node(host, port) for every worker, in this database")
	}
	var workers int
	err = c.QueryRow(ctx, "SELECT count(*) FROM pg_dist_node WHERE shouldhaveshards AND isactive").Scan(&workers)
	if err == nil && workers == 0 {
		err = errors.New("its cluster has no worker: SELECT citus_add_node(host, port)")
	}
	if err != nil {
		return err
	}
	return checkServersStopped(ctx, c)
}

// checkServersStopped refuses a database that servers work on; those that have just ended have a moment to go.
func checkServersStopped(ctx context.Context, c *pgx.Conn) error {
	const moment = 3 * time.Second
	for began := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		var connections int
		err := c.QueryRow(ctx, `SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND application_name = 'clientele'`).Scan(&connections)
		if err != nil || connections == 0 {
			return err
		}
		if time.Since(began) > moment {
			return fmt.Errorf("servers work on it, over %d connections: stop all of them first", connections)
		}
	}
}
