-- What each service logs in and works as. `hub migrate` makes their owners, and says what each may do. Passwords for trying.
create role hub_hr login password 'hub_hr';
create role hub_governance login password 'hub_governance';
create role hub_provisioning login password 'hub_provisioning';
create role hub_audit login password 'hub_audit';
