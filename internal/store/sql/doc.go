// Package sql writes what both databases ask alike of the tables that package store describes: conditions, orders,
// pages, and how an object becomes a row. What a database does in its own way it writes itself, see [Writer].
package sql
