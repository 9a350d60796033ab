import articles.models.fields
import articles.models.images
import articles.models.preview_links
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import taggit.managers
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('taggit', '0006_rename_taggeditem_content_type_object_id_taggit_tagg_content_8fc721_idx'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Author',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(help_text='The last part of the address: lower-case letters, digits and hyphens.', max_length=120, unique=True)),
                ('name', models.CharField(max_length=160)),
                ('kind', models.CharField(choices=[('person', 'Person'), ('organisation', 'Organisation')], default='person', max_length=12)),
                ('role', models.CharField(blank=True, help_text='For instance: staff writer.', max_length=120)),
                ('affiliation', models.CharField(blank=True, max_length=200)),
                ('bio', models.TextField(blank=True, verbose_name='short bio')),
                ('links', articles.models.fields.LinksField(blank=True, default=list, help_text='One per line, name and address.')),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Format',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(help_text='The last part of the address: lower-case letters, digits and hyphens.', max_length=120, unique=True)),
                ('name', models.CharField(max_length=80, unique=True)),
                ('description', models.TextField(blank=True, help_text='Stands at the head of its page.')),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Section',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(help_text='The last part of the address: lower-case letters, digits and hyphens.', max_length=120, unique=True)),
                ('name', models.CharField(max_length=80, unique=True)),
                ('description', models.TextField(blank=True, help_text='Stands at the head of its page.')),
                ('position', models.PositiveSmallIntegerField(default=100, help_text='Order in the menu.')),
                ('in_menu', models.BooleanField(default=True, verbose_name='in the menu')),
            ],
            options={
                'ordering': ['position', 'name'],
            },
        ),
        migrations.CreateModel(
            name='Series',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(help_text='The last part of the address: lower-case letters, digits and hyphens.', max_length=120, unique=True)),
                ('name', models.CharField(max_length=80, unique=True)),
                ('description', models.TextField(blank=True, help_text='Stands at the head of its page.')),
            ],
            options={
                'verbose_name_plural': 'series',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Article',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(help_text='The last part of the address: lower-case letters, digits and hyphens.', max_length=120, unique=True)),
                ('stage', models.CharField(choices=[('draft', 'Draft'), ('in_review', 'In Review'), ('ready', 'Ready')], default='draft', max_length=9)),
                ('published_at', models.DateTimeField(blank=True, help_text='From this moment on it is public. Empty: not published.', null=True)),
                ('embargoed_until', models.DateTimeField(blank=True, help_text='Nothing of it is public before this moment.', null=True)),
                ('updated_at', models.DateTimeField(blank=True, help_text='Shown as “Updated”: set it when a change matters to readers.', null=True, verbose_name='updated')),
                ('withdrawn_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('scheduled_at', models.DateTimeField(editable=False, null=True)),
                ('scheduled_is_substantive', models.BooleanField(default=False, editable=False)),
                ('headline', models.CharField(max_length=240)),
                ('deck', models.CharField(blank=True, help_text='The line under the headline.', max_length=400)),
                ('body', articles.models.fields.ProseField(blank=True)),
                ('teaser', articles.models.fields.ProseField(blank=True, editable=False)),
                ('has_rest', models.BooleanField(default=False, editable=False)),
                ('word_count', models.PositiveIntegerField(default=0, editable=False)),
                ('prose_policy', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('lead_caption', models.TextField(blank=True, help_text="For this article only; else the picture's own is shown.", verbose_name='caption')),
                ('lead_alt', models.CharField(blank=True, help_text="For this article only; else the picture's own is read out.", max_length=400, validators=[articles.models.images.refuse_file_name], verbose_name='alternative text')),
                ('author_note', models.TextField(blank=True, help_text="Stands under the article, such as “The views are the author's own.”")),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='due')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('modified_at', models.DateTimeField(auto_now=True)),
                ('assignee', models.ForeignKey(blank=True, help_text='Who works on it now.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='assigned_articles', to=settings.AUTH_USER_MODEL)),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('tags', taggit.managers.TaggableManager(blank=True, help_text='A comma-separated list of tags.', through='taggit.TaggedItem', to='taggit.Tag', verbose_name='Tags')),
            ],
            options={
                'permissions': [('publish_article', 'Can publish, and change every article')],
            },
        ),
        migrations.CreateModel(
            name='Byline',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='bylines', to='articles.article')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bylines', to='articles.author')),
            ],
            options={
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='article',
            name='authors',
            field=models.ManyToManyField(blank=True, related_name='articles', through='articles.Byline', to='articles.author', verbose_name='byline'),
        ),
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('correction', 'Correction'), ('clarification', 'Clarification'), ('update', 'Update'), ('note', 'Editor’s note')], default='correction', max_length=13)),
                ('text', models.TextField(help_text='Plain text; an empty line begins a new paragraph.')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='corrections', to='articles.article')),
                ('made_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['made_at', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='article',
            name='format',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='articles', to='articles.format'),
        ),
        migrations.CreateModel(
            name='FrontPage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stage', models.CharField(choices=[('draft', 'Draft'), ('set_aside', 'Set Aside'), ('released', 'Released')], default='draft', editable=False, max_length=9)),
                ('published_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('note', models.CharField(blank=True, help_text='What is new, for colleagues.', max_length=200)),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('revision', models.PositiveIntegerField(default=0, editable=False)),
                ('changed_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'front page',
                'verbose_name_plural': 'front page',
            },
        ),
        migrations.CreateModel(
            name='Image',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file', articles.models.images.UploadedImageField(max_length=200, upload_to='')),
                ('alt', models.CharField(help_text='What is seen, for those who do not see it. Not the headline, not a file name.', max_length=400, validators=[articles.models.images.refuse_file_name], verbose_name='alternative text')),
                ('caption', models.TextField(blank=True, help_text='An article may show another one.')),
                ('credit', models.CharField(blank=True, help_text='Who made it and through whom: Name/AGENCY via OTHER.', max_length=600)),
                ('credit_label', models.CharField(blank=True, default='Top photo credit', max_length=40)),
                ('licence', models.CharField(blank=True, max_length=160)),
                ('licence_expires', models.DateField(blank=True, help_text='The last day on which readers may see it.', null=True, verbose_name='licence ends')),
                ('focal_x', models.FloatField(default=0.5, validators=[django.core.validators.MinValueValidator(0.0), django.core.validators.MaxValueValidator(1.0)])),
                ('focal_y', models.FloatField(default=0.5, validators=[django.core.validators.MinValueValidator(0.0), django.core.validators.MaxValueValidator(1.0)])),
                ('width', models.PositiveIntegerField(editable=False)),
                ('height', models.PositiveIntegerField(editable=False)),
                ('tone', models.CharField(editable=False, help_text='Dominant colour, 4 steps each.', max_length=3)),
                ('renditions', models.JSONField(default=dict, editable=False)),
                ('digest', models.CharField(db_index=True, editable=False, max_length=64)),
                ('uploaded_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('uploaded_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'picture',
                'ordering': ['-uploaded_at', '-pk'],
            },
        ),
        migrations.AddField(
            model_name='author',
            name='portrait',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='portraits', to='articles.image'),
        ),
        migrations.AddField(
            model_name='article',
            name='lead_image',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lead_of', to='articles.image'),
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(error_messages={'unique': 'This address has been invited already. Send that invitation again, or take it back.'}, max_length=254, unique=True, verbose_name='e-mail address')),
                ('first_name', models.CharField(blank=True, max_length=150)),
                ('last_name', models.CharField(blank=True, max_length=150)),
                ('token_digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('sent_at', models.DateTimeField(editable=False)),
                ('groups', models.ManyToManyField(help_text='What the new colleague will work on.', to='auth.group')),
                ('invited_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-sent_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='LinkFinding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('url', models.CharField(max_length=600, unique=True)),
                ('is_own', models.BooleanField(help_text='An address of this magazine.')),
                ('words', models.CharField(blank=True, max_length=300)),
                ('dead_since', models.DateTimeField(null=True)),
                ('last_checked', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(models.F('is_own'), condition=models.Q(('dead_since__isnull', False)), name='link_finding_dead')],
            },
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(max_length=4000, verbose_name='note')),
                ('passage', models.CharField(blank=True, help_text='Copied from the text, if the note is about one place in it.', max_length=500, verbose_name='about the words')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('resolved_at', models.DateTimeField(blank=True, null=True)),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='articles.article')),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('resolved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='OpenForm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('session', models.CharField(max_length=36)),
                ('seen_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='open_forms', to='articles.article')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Page',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(help_text='The last part of the address: lower-case letters, digits and hyphens.', max_length=120, unique=True)),
                ('title', models.CharField(max_length=160)),
                ('summary', models.TextField(blank=True, help_text='One sentence for search engines.')),
                ('body', articles.models.fields.ProseField(blank=True)),
                ('prose_policy', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('is_public', models.BooleanField(default=True, verbose_name='public')),
                ('in_footer', models.BooleanField(default=True)),
                ('position', models.PositiveSmallIntegerField(default=100, help_text='Order in the footer.')),
                ('modified_at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'ordering': ['position', 'title'],
                'constraints': [models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='page_has_a_title')],
            },
        ),
        migrations.CreateModel(
            name='LinkPlace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.CharField(blank=True, max_length=200)),
                ('article', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='articles.article')),
                ('finding', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='places', to='articles.linkfinding')),
                ('page', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='articles.page')),
            ],
        ),
        migrations.CreateModel(
            name='Link',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', models.CharField(max_length=255)),
                ('article', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='linked_from', to='articles.article')),
                ('in_article', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='links', to='articles.article')),
                ('in_page', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='links', to='articles.page')),
                ('page', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='linked_from', to='articles.page')),
            ],
        ),
        migrations.CreateModel(
            name='ImageUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('article', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='image_uses', to='articles.article')),
                ('image', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='uses_in_texts', to='articles.image')),
                ('page', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='image_uses', to='articles.page')),
            ],
        ),
        migrations.CreateModel(
            name='Revision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(null=True)),
                ('kind', models.CharField(choices=[('autosaved', 'Autosaved'), ('saved', 'Saved'), ('published', 'Published'), ('restored', 'Restored'), ('merged', 'Merged')], max_length=9)),
                ('snapshot', models.JSONField()),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('session', models.CharField(blank=True, max_length=36)),
                ('article', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='revisions', to='articles.article')),
                ('base', models.ForeignKey(help_text='What it was begun with.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='articles.revision')),
                ('beside', models.ForeignKey(help_text='What was merged into it.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='articles.revision')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='PreviewLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=articles.models.preview_links.new_key, editable=False, max_length=32, unique=True)),
                ('note', models.CharField(max_length=200, verbose_name='for whom')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('expires_at', models.DateTimeField(verbose_name='ends')),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='preview_links', to='articles.revision')),
            ],
        ),
        migrations.AddField(
            model_name='article',
            name='live_revision',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='articles.revision'),
        ),
        migrations.AddField(
            model_name='article',
            name='scheduled_revision',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='articles.revision'),
        ),
        migrations.AddField(
            model_name='article',
            name='working_copy',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='articles.revision'),
        ),
        migrations.CreateModel(
            name='Publication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(default='The Magazine', max_length=80)),
                ('tagline', models.CharField(blank=True, max_length=160)),
                ('description', models.TextField(blank=True, help_text='One or two sentences for search engines and shared links.')),
                ('links', articles.models.fields.LinksField(blank=True, default=list, help_text='“Follow us on social”: one per line, name and address.', verbose_name='social links')),
                ('donation_url', articles.models.fields.WebURLField(blank=True, verbose_name='donation address')),
                ('newsletter_blurb', models.TextField(blank=True, default='Subscribe now to our weekly round-up.', help_text='Stands beside the newsletter form on every page.')),
                ('footer_text', models.TextField(blank=True)),
                ('sharing_image', models.ForeignKey(blank=True, help_text='The picture of shared links to pages that have none of their own.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='articles.image')),
                ('quick_takes', models.ForeignKey(blank=True, help_text='The section whose newest articles fill the second rail.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='articles.section')),
            ],
            options={
                'verbose_name_plural': 'publication',
            },
        ),
        migrations.AddField(
            model_name='article',
            name='also_in',
            field=models.ManyToManyField(blank=True, help_text='Further sections that list it.', related_name='also_articles', to='articles.section'),
        ),
        migrations.AddField(
            model_name='article',
            name='section',
            field=models.ForeignKey(blank=True, help_text='The one that is displayed.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='articles', to='articles.section'),
        ),
        migrations.CreateModel(
            name='Redirect',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('old_path', models.CharField(help_text='The path readers may still have, such as /2019/05/old-name/.', max_length=255, unique=True, verbose_name='old address')),
                ('external_url', articles.models.fields.WebURLField(blank=True, help_text='Only for what has moved to another website.', verbose_name='address elsewhere')),
                ('outcome', models.CharField(blank=True, choices=[('front', 'The front page'), ('gone', 'Nowhere: the page says that it was withdrawn')], help_text='Only for what is gone and has no successor.', max_length=5, verbose_name='instead')),
                ('left_by_deletion', models.BooleanField(default=False, editable=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('article', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, to='articles.article')),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, to='articles.author')),
                ('format', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, to='articles.format')),
                ('page', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, to='articles.page')),
                ('section', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, to='articles.section')),
                ('series', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, to='articles.series')),
            ],
            options={
                'ordering': ['old_path'],
            },
        ),
        migrations.AddField(
            model_name='article',
            name='series',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='articles', to='articles.series'),
        ),
        migrations.CreateModel(
            name='Slot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('area', models.CharField(choices=[('lead', 'Lead'), ('seconds', 'Seconds'), ('quick', 'Quick takes'), ('latest', 'Latest'), ('band', 'Band of a section')], max_length=7)),
                ('position', models.PositiveSmallIntegerField()),
                ('until', models.DateTimeField(blank=True, null=True, verbose_name='stands there until')),
                ('headline', models.CharField(blank=True, max_length=240)),
                ('deck', models.CharField(blank=True, max_length=400)),
                ('article', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='slots', to='articles.article')),
                ('band', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='articles.section')),
                ('format', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='articles.format')),
                ('front_page', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='slots', to='articles.frontpage')),
                ('image', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='slots', to='articles.image')),
                ('section', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='articles.section')),
                ('tag', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='taggit.tag')),
            ],
        ),
        migrations.AddConstraint(
            model_name='byline',
            constraint=models.UniqueConstraint(fields=('article', 'author'), name='byline_names_an_author_once', violation_error_message='This author stands in the byline already.'),
        ),
        migrations.AddIndex(
            model_name='correction',
            index=models.Index(models.OrderBy(models.F('made_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='correction_newest'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['correction', 'clarification', 'update', 'note'])), name='correction_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='correction_has_words'),
        ),
        migrations.AddIndex(
            model_name='frontpage',
            index=models.Index(models.OrderBy(models.F('published_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='front_page_newest'),
        ),
        migrations.AddConstraint(
            model_name='frontpage',
            constraint=models.UniqueConstraint(condition=models.Q(('stage', 'draft')), fields=('stage',), name='front_page_has_one_draft'),
        ),
        migrations.AddConstraint(
            model_name='frontpage',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', False), ('stage', 'released')), models.Q(('published_at__isnull', True), ('stage__in', ['draft', 'set_aside'])), _connector='OR'), name='front_page_is_released_at_a_moment'),
        ),
        migrations.AddConstraint(
            model_name='image',
            constraint=models.CheckConstraint(condition=models.Q(('focal_x__gte', 0), ('focal_x__lte', 1), ('focal_y__gte', 0), ('focal_y__lte', 1)), name='image_focal_point_is_inside'),
        ),
        migrations.AddConstraint(
            model_name='author',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['person', 'organisation'])), name='author_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='author',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='author_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='invitation_email_is_lower_case'),
        ),
        migrations.AddIndex(
            model_name='note',
            index=models.Index(models.F('article'), condition=models.Q(('resolved_at__isnull', True)), name='note_open'),
        ),
        migrations.AddConstraint(
            model_name='note',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='note_says_something'),
        ),
        migrations.AddConstraint(
            model_name='openform',
            constraint=models.UniqueConstraint(fields=('person', 'session'), name='open_form_is_one_row_per_session'),
        ),
        migrations.AddConstraint(
            model_name='linkplace',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('article__isnull', False), ('page__isnull', True)), models.Q(('article__isnull', True), ('page__isnull', False)), _connector='OR'), name='link_place_is_one_text'),
        ),
        migrations.AddIndex(
            model_name='link',
            index=models.Index(models.F('path'), condition=models.Q(('article', None), ('page', None)), name='link_dead'),
        ),
        migrations.AddConstraint(
            model_name='link',
            constraint=models.UniqueConstraint(fields=('in_article', 'path'), name='link_in_article_once'),
        ),
        migrations.AddConstraint(
            model_name='link',
            constraint=models.UniqueConstraint(fields=('in_page', 'path'), name='link_in_page_once'),
        ),
        migrations.AddConstraint(
            model_name='link',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('in_article__isnull', False), ('in_page__isnull', True)), models.Q(('in_article__isnull', True), ('in_page__isnull', False)), _connector='OR'), name='link_stands_in_one_text'),
        ),
        migrations.AddConstraint(
            model_name='link',
            constraint=models.CheckConstraint(condition=models.Q(('article__isnull', True), ('page__isnull', True), _connector='OR'), name='link_leads_to_at_most_one'),
        ),
        migrations.AddConstraint(
            model_name='imageuse',
            constraint=models.CheckConstraint(condition=models.Q(('article__isnull', True), ('page__isnull', True), _connector='XOR'), name='image_use_is_in_one_text'),
        ),
        migrations.AddConstraint(
            model_name='imageuse',
            constraint=models.UniqueConstraint(fields=('image', 'article'), name='image_use_in_article_once'),
        ),
        migrations.AddConstraint(
            model_name='imageuse',
            constraint=models.UniqueConstraint(fields=('image', 'page'), name='image_use_in_page_once'),
        ),
        migrations.AddIndex(
            model_name='revision',
            index=models.Index(models.OrderBy(models.F('made_at'), descending=True), name='revision_newest'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['autosaved', 'saved', 'published', 'restored', 'merged'])), name='revision_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'autosaved'), ('number__isnull', True)), models.Q(models.Q(('kind', 'autosaved'), _negated=True), ('article__isnull', False), ('number__isnull', False)), _connector='OR'), name='revision_is_numbered_unless_autosaved'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.UniqueConstraint(fields=('article', 'number'), name='revision_order_is_one'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'autosaved')), fields=('made_by', 'session'), name='revision_autosaves_one_row_per_session'),
        ),
        migrations.AddConstraint(
            model_name='previewlink',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('made_at'))), name='preview_link_ends_after_it_began'),
        ),
        migrations.AddConstraint(
            model_name='publication',
            constraint=models.CheckConstraint(condition=models.Q(('pk', 1)), name='publication_is_one_row'),
        ),
        migrations.AddConstraint(
            model_name='redirect',
            constraint=models.CheckConstraint(condition=models.Q(('old_path__startswith', '/'), models.Q(('old_path', '/'), _negated=True)), name='redirect_old_path_is_a_path', violation_error_message='An old address is a path other than the front page.'),
        ),
        migrations.AddConstraint(
            model_name='redirect',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('article__isnull', True), _negated=True), ('page__isnull', True), ('section__isnull', True), ('format__isnull', True), ('series__isnull', True), ('author__isnull', True), ('external_url', ''), ('outcome', '')), models.Q(('article__isnull', True), models.Q(('page__isnull', True), _negated=True), ('section__isnull', True), ('format__isnull', True), ('series__isnull', True), ('author__isnull', True), ('external_url', ''), ('outcome', '')), models.Q(('article__isnull', True), ('page__isnull', True), models.Q(('section__isnull', True), _negated=True), ('format__isnull', True), ('series__isnull', True), ('author__isnull', True), ('external_url', ''), ('outcome', '')), models.Q(('article__isnull', True), ('page__isnull', True), ('section__isnull', True), models.Q(('format__isnull', True), _negated=True), ('series__isnull', True), ('author__isnull', True), ('external_url', ''), ('outcome', '')), models.Q(('article__isnull', True), ('page__isnull', True), ('section__isnull', True), ('format__isnull', True), models.Q(('series__isnull', True), _negated=True), ('author__isnull', True), ('external_url', ''), ('outcome', '')), models.Q(('article__isnull', True), ('page__isnull', True), ('section__isnull', True), ('format__isnull', True), ('series__isnull', True), models.Q(('author__isnull', True), _negated=True), ('external_url', ''), ('outcome', '')), models.Q(('article__isnull', True), ('page__isnull', True), ('section__isnull', True), ('format__isnull', True), ('series__isnull', True), ('author__isnull', True), models.Q(('external_url', ''), _negated=True), ('outcome', '')), models.Q(('article__isnull', True), ('page__isnull', True), ('section__isnull', True), ('format__isnull', True), ('series__isnull', True), ('author__isnull', True), ('external_url', ''), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='redirect_leads_to_exactly_one', violation_error_message='Choose exactly one thing that the old address leads to.'),
        ),
        migrations.AddConstraint(
            model_name='redirect',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['', 'front', 'gone'])), name='redirect_outcome_is_known'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(models.OrderBy(models.F('published_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='article_newest'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(models.F('section_id'), models.OrderBy(models.F('published_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='article_newest_in_section'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(models.F('format_id'), models.OrderBy(models.F('published_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='article_newest_in_format'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(models.F('series_id'), models.OrderBy(models.F('published_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='article_newest_in_series'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(models.F('scheduled_at'), condition=models.Q(('scheduled_at__isnull', False)), name='article_change_due'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(models.OrderBy(models.F('modified_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='article_last_changed'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(models.F('stage'), models.OrderBy(models.F('modified_at'), descending=True), condition=models.Q(('published_at__isnull', True)), name='article_unpublished'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(models.F('due_on'), condition=models.Q(('due_on__isnull', False)), name='article_due'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(models.F('embargoed_until'), condition=models.Q(('embargoed_until__isnull', False)), name='article_embargoed'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(models.OrderBy(models.F('modified_at'), descending=True), condition=models.Q(('working_copy__lt', models.F('live_revision')), ('working_copy__gt', models.F('live_revision')), _connector='OR'), name='article_change_waits'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(('headline', ''), _negated=True), name='article_has_a_headline'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(('stage__in', ['draft', 'in_review', 'ready'])), name='article_stage_is_known'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(('updated_at__isnull', True), ('published_at__isnull', True), ('updated_at__gte', models.F('published_at')), _connector='OR'), name='article_updated_after_it_was_published', violation_error_message='“Updated” cannot be before the publication.'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('scheduled_at__isnull', True), ('scheduled_revision__isnull', True)), models.Q(('scheduled_at__isnull', False), ('scheduled_revision__isnull', False)), _connector='OR'), name='article_change_has_its_moment'),
        ),
        migrations.AddConstraint(
            model_name='slot',
            constraint=models.UniqueConstraint(fields=('front_page', 'key'), name='slot_stands_once'),
        ),
        migrations.AddConstraint(
            model_name='slot',
            constraint=models.UniqueConstraint(condition=models.Q(('band__isnull', True)), fields=('front_page', 'area', 'position'), name='slot_has_its_place'),
        ),
        migrations.AddConstraint(
            model_name='slot',
            constraint=models.UniqueConstraint(condition=models.Q(('band__isnull', False)), fields=('front_page', 'band', 'position'), name='slot_has_its_place_in_a_band'),
        ),
        migrations.AddConstraint(
            model_name='slot',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('area', 'band'), ('band__isnull', False)), models.Q(('area__in', ['lead', 'seconds', 'quick', 'latest']), ('band__isnull', True)), _connector='OR'), name='slot_of_a_band_names_its_section'),
        ),
        migrations.AddConstraint(
            model_name='slot',
            constraint=models.CheckConstraint(condition=models.Q(('position__gte', 1)), name='slot_counts_from_one'),
        ),
        migrations.AddConstraint(
            model_name='slot',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('format__isnull', True), ('section__isnull', True)), models.Q(('format__isnull', True), ('tag__isnull', True)), models.Q(('section__isnull', True), ('tag__isnull', True)), _connector='OR'), name='slot_has_one_rule', violation_error_message='Choose one rule: a section, a format or a tag.'),
        ),
    ]
