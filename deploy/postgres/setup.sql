-- Run once by an administrator, before the first node:  psql -f deploy/postgres/setup.sql
-- Makes a role and a database for wma. The tables are made by the first wma that opens the store.
-- Give the role its password afterwards, without leaving it in a history:  \password wma
CREATE ROLE wma LOGIN;
CREATE DATABASE wma OWNER wma;
REVOKE ALL ON DATABASE wma FROM PUBLIC;
