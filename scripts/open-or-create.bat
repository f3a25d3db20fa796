@echo off
rem What a well-known example program for named shared memory does, with writer and reader:
rem open the mapping ShareMemory and print what is there; if there is none, create it just large
rem enough for its text (20 characters and the NUL behind them) and hold it until a key is pressed.
rem Start it in two windows: the first creates, the second prints.
setlocal
call "%~dp0find.bat"
if errorlevel 1 exit /b 2

rem Exit status of reader --once: 0 printed, 1 nothing is there, 2 an error, which it has told.
reader --name ShareMemory --once
if %errorlevel%==0 exit /b 0
if not %errorlevel%==1 exit /b 2
writer --name ShareMemory --size 21 --keep "This is common data!"
exit /b %errorlevel%
