namespace Keten.Log;

/// <summary>The tables and functions, whose meaning docs/log-postgres.md states.</summary>
internal static class PostgresSchema
{
    /// <summary>The error that says that the log ends before what its appender knows.</summary>
    public const string RolledBack = "KR001";

    /// <summary>The error that says that the register holds as many validators as it may.</summary>
    public const string Full = "53400";

    /// <summary>Where what is published is notified: validator, height and the statement in hexadecimal digits.</summary>
    public static string StatementChannel(PostgresOptions options) => options.Schema + "_statement";

    public static string Of(PostgresOptions options, int pruneQuorum) => $$"""
        create schema if not exists {{options.Schema}};
        set local search_path = {{options.Schema}};
        create table head (
            one boolean primary key default true check (one),
            log_id uuid not null default gen_random_uuid(),
            first bigint not null,
            last bigint not null,
            first_chain bytea not null,
            last_chain bytea not null,
            prune_quorum int not null);
        insert into head (first, last, first_chain, last_chain, prune_quorum) values (1, 0, decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'), {{pruneQuorum}});
        create table entry (
            position bigint primary key,
            append_id uuid not null unique,
            chain bytea not null,
            bytes bytea not null);
        alter table entry alter bytes set storage external;
        create table validator (role text primary key, id text not null unique);
        create table archived (role text primary key, before bigint not null);
        create unlogged table newest (validator text primary key, height bigint not null);
        create unlogged table statement (validator text, place int, height bigint not null, bytes bytea not null, primary key (validator, place));

        create function append(ids uuid[], entries bytea[], known bigint) returns bigint[] language plpgsql security definer set search_path = {{options.Schema}}, pg_temp as $$
        declare
            at bigint;
            link bytea;
            found_at bigint;
            positions bigint[] := '{}';
            added boolean := false;
        begin
            if current_setting('synchronous_commit') in ('off', 'local') then perform set_config('synchronous_commit', 'on', true); end if;
            if cardinality(ids) <> cardinality(entries) or cardinality(ids) > 10000 then raise exception 'as many ids as entries, and at most 10000' using errcode = '22023'; end if;
            select last, last_chain into at, link from head for update;
            if at < known then raise exception '%', at using errcode = '{{RolledBack}}'; end if;
            for i in 1 .. cardinality(ids) loop
                if octet_length(entries[i]) > {{options.MaxEntryBytes}} then raise exception 'an entry is longer than {{options.MaxEntryBytes}} bytes' using errcode = '22023'; end if;
                select position into found_at from entry where append_id = ids[i];
                if found_at is null then
                    at := at + 1;
                    link := sha256(link || entries[i]);
                    insert into entry (position, append_id, chain, bytes) values (at, ids[i], link, entries[i]);
                    found_at := at;
                    added := true;
                end if;
                positions := positions || found_at;
            end loop;
            if added then
                update head set last = at, last_chain = link;
                perform pg_notify('{{options.Schema}}', '');
            end if;
            return positions;
        end $$;

        create function prune(wanted bigint) returns bigint language plpgsql security definer set search_path = {{options.Schema}}, pg_temp as $$
        declare
            quorum int;
            reached bigint;
            starts bigint;
            ends bigint;
        begin
            select first, last, prune_quorum into starts, ends, quorum from head for update;
            if wanted < 1 or wanted > ends + 1 then raise exception 'outside the log' using errcode = '22003'; end if;
            insert into archived values (session_user, wanted) on conflict (role) do update set before = greatest(archived.before, excluded.before);
            select before into reached from archived order by before desc offset quorum - 1 limit 1;
            if reached > starts then
                update head set first = reached, first_chain = (select chain from entry where position = reached - 1);
                starts := reached;
            end if;
            return starts;
        end $$;

        create function sweep(most int) returns bigint language plpgsql security definer set search_path = {{options.Schema}}, pg_temp as $$
        declare
            swept bigint;
        begin
            delete from entry where position in (select position from entry where position < (select first from head) order by position limit least(most, 1000));
            get diagnostics swept = row_count;
            return swept;
        end $$;

        create function publish(who text, at bigint, what bytea) returns boolean language plpgsql security definer set search_path = {{options.Schema}}, pg_temp as $$
        declare
            known bigint;
        begin
            perform set_config('synchronous_commit', 'off', true);
            if exists (select from validator) and not exists (select from validator where role = session_user and id = who) then
                raise exception 'this role may not publish for %', who using errcode = '42501';
            end if;
            if who !~ '^[0-9a-f]{40}$' or at < 0 or octet_length(what) > {{RegisterLimits.StatementBytes}} then raise exception 'no statement' using errcode = '22023'; end if;
            select height into known from newest where validator = who for update;
            if known is null then
                lock table newest in share row exclusive mode;
                if (select count(*) from newest where validator <> who) >= {{RegisterLimits.Validators}} then raise exception 'full' using errcode = '{{Full}}'; end if;
                insert into newest values (who, 0) on conflict do nothing;
                select height into known from newest where validator = who for update;
            end if;
            if at <= known - {{RegisterLimits.Heights}} then return false; end if;
            if at > known then update newest set height = at where validator = who; end if;
            insert into statement values (who, (at % {{RegisterLimits.Heights}})::int, at, what)
                on conflict (validator, place) do update set height = excluded.height, bytes = excluded.bytes;
            -- Whoever listens need not ask; a notification holds 8,000 bytes, and a statement of validators some hundred.
            if octet_length(what) <= 2048 then perform pg_notify('{{StatementChannel(options)}}', who || ' ' || at || ' ' || encode(what, 'hex')); end if;
            return true;
        end $$;

        revoke all on all functions in schema {{options.Schema}} from public;
        """;
}
