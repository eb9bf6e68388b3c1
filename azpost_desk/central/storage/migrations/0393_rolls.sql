-- Numbers that stand on labels printed beforehand: a desk's 'roll', or the 'reserve' of a branch in its safe; '' = none.
alter table item_ranges add column sort text not null default '';
