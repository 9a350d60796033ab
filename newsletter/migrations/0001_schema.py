import articles.models.fields
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import newsletter.models.letterhead
import newsletter.models.prefixes
import newsletter.models.subscribers
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('articles', '0001_schema'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='MailingList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, unique=True)),
                ('slug', models.SlugField(max_length=80, unique=True)),
                ('blurb', models.CharField(blank=True, help_text='What comes, and how often: readers choose by it.', max_length=200)),
                ('position', models.PositiveSmallIntegerField(default=0, help_text='The first of those on offer is what the form on every page means.')),
                ('is_offered', models.BooleanField(default=True, verbose_name='offered to readers')),
            ],
            options={
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='AddressFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('wording', models.TextField()),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('checked_at', models.DateTimeField(null=True)),
                ('started_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('list', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='newsletter.mailinglist')),
            ],
            options={
                'ordering': ['-made_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Issue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(blank=True, max_length=150)),
                ('preheader', models.CharField(blank=True, help_text='The grey line beside the subject in the inbox.', max_length=200)),
                ('opening', articles.models.fields.ProseField(blank=True, help_text='A word from the editors above the articles.', verbose_name='opening note')),
                ('joined_from', models.DateTimeField(blank=True, help_text='Only people who joined at or after this.', null=True, verbose_name='joined since')),
                ('joined_until', models.DateTimeField(blank=True, help_text='Only people who joined before this.', null=True, verbose_name='joined before')),
                ('is_in_archive', models.BooleanField(default=True, help_text='Anybody can read it on the website once sent.', verbose_name='in the archive')),
                ('slug', models.SlugField(editable=False, max_length=100, null=True, unique=True)),
                ('html', models.TextField(editable=False)),
                ('text', models.TextField(editable=False)),
                ('marker', models.CharField(default=newsletter.models.subscribers.new_key, editable=False, max_length=32)),
                ('number', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('approved', 'Approved'), ('sending', 'Sending'), ('paused', 'Paused'), ('sent', 'Sent'), ('cancelled', 'Cancelled')], default='draft', editable=False, max_length=9)),
                ('send_at', models.DateTimeField(editable=False, null=True)),
                ('approved_at', models.DateTimeField(editable=False, null=True)),
                ('started_at', models.DateTimeField(editable=False, null=True)),
                ('prepared_at', models.DateTimeField(editable=False, null=True)),
                ('paused_at', models.DateTimeField(editable=False, null=True)),
                ('resumed_at', models.DateTimeField(editable=False, null=True)),
                ('pause_reason', models.CharField(blank=True, editable=False, max_length=300)),
                ('finished_at', models.DateTimeField(editable=False, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('modified_at', models.DateTimeField(auto_now=True)),
                ('approved_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('list', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='issues', to='newsletter.mailinglist')),
            ],
            options={
                'ordering': ['-created_at', '-pk'],
                'permissions': [('send_issue', 'Can approve, schedule, pause and cancel issues')],
            },
        ),
        migrations.CreateModel(
            name='Letterhead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sender_name', models.CharField(blank=True, help_text='Who mail comes from; empty: the magazine’s name.', max_length=80)),
                ('reply_to', models.EmailField(blank=True, help_text='Empty: to the address that mail comes from.', max_length=254, verbose_name='replies go to')),
                ('postal_address', models.TextField(blank=True, help_text='The law of many countries wants one in every newsletter.')),
                ('reason', models.CharField(default='You get this mail because you subscribed on our website and confirmed your address.', help_text='Stands in the footer.', max_length=200, verbose_name='why they get it')),
                ('secret', models.CharField(default=newsletter.models.letterhead.new_secret, editable=False, max_length=64)),
            ],
            options={
                'verbose_name_plural': 'letterhead',
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='letterhead_is_one_row')],
            },
        ),
        migrations.CreateModel(
            name='Relay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('backs_off_until', models.DateTimeField(null=True)),
                ('troubles', models.PositiveIntegerField(default=0)),
                ('trouble', models.CharField(blank=True, max_length=500)),
                ('worker_seen_at', models.DateTimeField(null=True)),
                ('second_began', models.DateTimeField(null=True)),
                ('second_used', models.PositiveIntegerField(default=0)),
                ('hour_began', models.DateTimeField(null=True)),
                ('hour_used', models.PositiveIntegerField(default=0)),
                ('day_began', models.DateTimeField(null=True)),
                ('day_used', models.PositiveIntegerField(default=0)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='relay_is_one_row')],
            },
        ),
        migrations.CreateModel(
            name='Subscriber',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.CharField(max_length=254, verbose_name='e-mail address')),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('confirmed_at', models.DateTimeField(editable=False, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['-created_at', '-pk'],
                'indexes': [models.Index(models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='subscriber_newest'), newsletter.models.prefixes.PrefixIndex(django.db.models.functions.text.Lower('email'), name='subscriber_by_beginning'), models.Index(models.F('asked_at'), condition=models.Q(('confirmed_at__isnull', True)), name='subscriber_unconfirmed')],
            },
        ),
        migrations.CreateModel(
            name='SignUp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.CharField(max_length=254)),
                ('digest', models.CharField(max_length=64)),
                ('domain', models.CharField(max_length=255)),
                ('network', models.CharField(max_length=43)),
                ('page', models.CharField(blank=True, max_length=500)),
                ('wording', models.TextField(blank=True)),
                ('outcome', models.CharField(choices=[('waiting', 'Waiting'), ('mailed', 'a confirmation was asked for'), ('known', 'is a subscriber already'), ('suppressed', 'Suppressed'), ('limited', 'refused by a limit')], default='waiting', max_length=10)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('mover', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='moves', to='newsletter.subscriber')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('action', models.CharField(choices=[('asked', 'signed up'), ('confirmed', 'confirmed the address'), ('chose', 'chose lists'), ('moved', 'changed the address'), ('left', 'left a list'), ('imported', 'was imported')], max_length=9)),
                ('lists', models.CharField(blank=True, help_text='Their names at that time.', max_length=400)),
                ('wording', models.TextField(blank=True, help_text='The words beside what was pressed.')),
                ('page', models.CharField(blank=True, help_text='Where that was.', max_length=500)),
                ('network', models.CharField(blank=True, help_text='Shortened: never one machine.', max_length=43)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('subscriber', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='newsletter.subscriber')),
            ],
            options={
                'ordering': ['made_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Subscription',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=newsletter.models.subscribers.new_key, editable=False, max_length=32, unique=True)),
                ('joined_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('left_at', models.DateTimeField(editable=False, null=True)),
                ('list', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='subscriptions', to='newsletter.mailinglist')),
                ('subscriber', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='subscriptions', to='newsletter.subscriber')),
            ],
            options={
                'ordering': ['list__position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.CharField(max_length=254)),
                ('state', models.CharField(choices=[('pending', 'waits'), ('claimed', 'taken by a worker'), ('sending', 'being sent'), ('sent', 'Sent'), ('deferred', 'refused for now, tried again later'), ('failed', 'refused for good'), ('unknown', 'may or may not have arrived'), ('skipped', 'no longer wanted')], default='pending', max_length=8)),
                ('lease', models.UUIDField(null=True)),
                ('lease_until', models.DateTimeField(null=True)),
                ('due_at', models.DateTimeField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('first_tried_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('code', models.PositiveSmallIntegerField(null=True)),
                ('error', models.CharField(blank=True, max_length=500)),
                ('issue', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='newsletter.issue')),
                ('subscription', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='deliveries', to='newsletter.subscription')),
            ],
            options={
                'verbose_name_plural': 'deliveries',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Suppression',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('reason', models.CharField(choices=[('bounced', 'the address does not work'), ('complained', 'reported as spam'), ('erased', 'asked to be erased'), ('refused', 'said “never write to me again”')], max_length=10)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                'ordering': ['-made_at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('reason__in', ['bounced', 'complained', 'erased', 'refused'])), name='suppression_reason_is_known')],
            },
        ),
        migrations.CreateModel(
            name='TransactionalMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('confirm', 'this address is mine'), ('refuse', 'never write to me again'), ('move', 'this new address is mine'), ('known', 'you are on the list already'), ('moved', 'your mail goes to another address')], max_length=7)),
                ('digest', models.CharField(max_length=64, null=True, unique=True)),
                ('email', models.CharField(help_text='The address that the mail goes to.', max_length=254)),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('sent_at', models.DateTimeField(null=True)),
                ('used_at', models.DateTimeField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('due_at', models.DateTimeField(null=True)),
                ('subscriber', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='transactional_mails', to='newsletter.subscriber')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='AddressLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(help_text='Of the line in the file, from 1.')),
                ('typed', models.CharField(max_length=300)),
                ('address', models.CharField(blank=True, max_length=254)),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('wording', models.TextField(blank=True, help_text='Of this person alone.')),
                ('outcome', models.CharField(choices=[('new', 'new'), ('joins', 'known, joins this list'), ('known', 'already on this list'), ('left', 'has left this list, so left out'), ('suppressed', 'suppressed, so left out'), ('duplicate', 'stands in the file before'), ('unclear', 'the date cannot be read'), ('refused', 'not an address')], max_length=10)),
                ('remark', models.CharField(blank=True, max_length=200)),
                ('taken_at', models.DateTimeField(null=True)),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='newsletter.addressfile')),
            ],
            options={
                'ordering': ['number'],
                'indexes': [models.Index(fields=['file', 'outcome'], name='address_line_by_outcome'), models.Index(fields=['digest'], name='address_line_by_digest'), models.Index(condition=models.Q(('outcome__in', ['new', 'joins']), ('taken_at__isnull', True)), fields=['file', 'number'], name='address_line_to_take')],
                'constraints': [models.UniqueConstraint(fields=('file', 'number'), name='address_line_once'), models.CheckConstraint(condition=models.Q(('outcome__in', ['new', 'joins', 'known', 'left', 'suppressed', 'duplicate', 'unclear', 'refused'])), name='address_line_outcome_is_known')],
            },
        ),
        migrations.CreateModel(
            name='IssueItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('heading', models.CharField(blank=True, help_text='What it stands under: the section’s name.', max_length=80)),
                ('headline', models.CharField(blank=True, help_text='Empty: the article’s own headline.', max_length=240)),
                ('summary', models.TextField(blank=True, help_text='Empty: the article’s deck.')),
                ('address', models.CharField(blank=True, editable=False, max_length=500)),
                ('article', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='articles.article')),
                ('issue', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='newsletter.issue')),
            ],
            options={
                'ordering': ['position', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('issue', 'article'), name='issue_item_once_per_issue')],
            },
        ),
        migrations.CreateModel(
            name='MailEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=40)),
                ('event', models.CharField(max_length=200)),
                ('kind', models.CharField(choices=[('hard', 'the address does not work'), ('soft', 'could not be delivered for now'), ('complaint', 'reported as spam'), ('left', 'asked the provider for no more mail'), ('other', 'Other')], default='other', max_length=9)),
                ('address', models.CharField(blank=True, max_length=254)),
                ('raw', models.TextField(blank=True)),
                ('happened_at', models.DateTimeField()),
                ('received_at', models.DateTimeField(auto_now_add=True)),
                ('applied_at', models.DateTimeField(null=True)),
                ('outcome', models.CharField(blank=True, max_length=200)),
                ('delivery', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='mail_events', to='newsletter.delivery')),
            ],
            options={
                'verbose_name': 'notice',
                'ordering': ['-received_at', '-pk'],
                'indexes': [models.Index(condition=models.Q(('applied_at__isnull', True)), fields=['id'], name='mail_event_to_apply'), models.Index(fields=['address', 'happened_at'], name='mail_event_by_address')],
                'constraints': [models.UniqueConstraint(fields=('source', 'event'), name='mail_event_once_per_event'), models.CheckConstraint(condition=models.Q(('kind__in', ['hard', 'soft', 'complaint', 'left', 'other'])), name='mail_event_kind_is_known')],
            },
        ),
        migrations.AddIndex(
            model_name='issue',
            index=models.Index(models.OrderBy(models.F('started_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='issue_newest'),
        ),
        migrations.AddIndex(
            model_name='issue',
            index=models.Index(fields=['state', 'send_at'], name='issue_by_state'),
        ),
        migrations.AddConstraint(
            model_name='issue',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'approved', 'sending', 'paused', 'sent', 'cancelled'])), name='issue_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='issue',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'cancelled']), models.Q(('approved_at__isnull', False), models.Q(('html', ''), _negated=True), models.Q(('text', ''), _negated=True), models.Q(('subject', ''), _negated=True)), _connector='OR'), name='issue_is_frozen_once_approved'),
        ),
        migrations.AddIndex(
            model_name='signup',
            index=models.Index(condition=models.Q(('outcome', 'waiting')), fields=['id'], name='sign_up_waiting'),
        ),
        migrations.AddIndex(
            model_name='signup',
            index=models.Index(fields=['digest', 'made_at'], name='sign_up_by_address'),
        ),
        migrations.AddIndex(
            model_name='signup',
            index=models.Index(fields=['network', 'made_at'], name='sign_up_by_network'),
        ),
        migrations.AddIndex(
            model_name='signup',
            index=models.Index(fields=['domain', 'made_at'], name='sign_up_by_domain'),
        ),
        migrations.AddIndex(
            model_name='signup',
            index=models.Index(fields=['made_at'], name='sign_up_by_time'),
        ),
        migrations.AddConstraint(
            model_name='signup',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['waiting', 'mailed', 'known', 'suppressed', 'limited'])), name='sign_up_outcome_is_known'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(('action__in', ['asked', 'confirmed', 'chose', 'moved', 'left', 'imported'])), name='consent_action_is_known'),
        ),
        migrations.AddIndex(
            model_name='subscription',
            index=models.Index(fields=['list', 'id'], name='subscription_of_list'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.UniqueConstraint(fields=('subscriber', 'list'), name='subscription_is_one_row'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('state__in', ['pending', 'deferred'])), fields=['issue', 'due_at', 'id'], name='delivery_to_claim'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('state__in', ['claimed', 'sending'])), fields=['lease_until'], name='delivery_in_hand'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['issue', 'state'], name='delivery_by_state'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['issue', 'finished_at'], name='delivery_by_end'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(fields=('issue', 'subscription'), name='delivery_once_per_subscription'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(fields=('issue', 'address'), name='delivery_once_per_address'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'claimed', 'sending', 'sent', 'deferred', 'failed', 'unknown', 'skipped'])), name='delivery_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('lease__isnull', False), ('lease_until__isnull', False), ('state__in', ['claimed', 'sending'])), models.Q(models.Q(('state__in', ['claimed', 'sending']), _negated=True), ('lease__isnull', True), ('lease_until__isnull', True)), _connector='OR'), name='delivery_leased_while_in_hand'),
        ),
        migrations.AddIndex(
            model_name='transactionalmail',
            index=models.Index(condition=models.Q(('sent_at__isnull', True)), fields=['id'], name='transactional_mail_waiting'),
        ),
        migrations.AddConstraint(
            model_name='transactionalmail',
            constraint=models.UniqueConstraint(condition=models.Q(('purpose', 'refuse'), _negated=True), fields=('subscriber', 'purpose'), name='transactional_mail_one_for_each_purpose'),
        ),
        migrations.AddConstraint(
            model_name='transactionalmail',
            constraint=models.CheckConstraint(condition=models.Q(('purpose__in', ['confirm', 'refuse', 'move', 'known', 'moved'])), name='transactional_mail_purpose_is_known'),
        ),
    ]
