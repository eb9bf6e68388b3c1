-- What has to be looked at again with each register is found without those that are done.
create index register_rows_open on register_rows (register) where item <> 'matched';
create index payments_biller_state on payments (biller, state) where state in (
    'confirmed', 'unknown', 'unproven', 'lacked', 'due'
);
