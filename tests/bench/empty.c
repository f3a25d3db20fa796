/* What starting and ending a program costs at the least. */
int wmain(void); /* no header of the toolchain declares it */
int wmain(void)
{
    return 0;
}
