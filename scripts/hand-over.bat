@echo off
rem Hands a value from one console to another, where it becomes a variable:
rem     hand-over.bat give VALUE     in one window; without VALUE it asks for one
rem     hand-over.bat take           in another: afterwards %value% is there
rem     hand-over.bat /test          both in this window, without a key; exit status 1 if it went wrong
rem Either may start first: the giver waits until the value was taken, the taker until there is one.

rem No setlocal here: the variable is to stay when this file has ended.
call "%~dp0find.bat"
if errorlevel 1 exit /b 2
if /i "%~1"=="give" goto give
if /i "%~1"=="take" goto take
if /i "%~1"=="/test" goto test
echo Usage: hand-over.bat give [VALUE]  in one window, hand-over.bat take  in another. 1>&2
exit /b 2

rem --env sends the value of a variable, whatever it contains. "writer %value%" would not do: a
rem quotation mark or an & in the value would end the text or start a command.
:give
set "value=%~2"
if not defined value set /p "value=Value to hand over: "
if not defined value exit /b 1
writer --name hand-over --env value
exit /b %errorlevel%

rem "for /f" runs a command and gives each line of its output to a variable. "delims=" keeps the
rem spaces in the line, which is otherwise cut into words. --to oem is the code page in which "for /f"
rem reads, unless chcp has changed it. --take: of several takers, one gets the value.
:take
set "value="
for /f "delims=" %%v in ('reader --name hand-over --take --to oem') do set "value=%%v"
if not defined value exit /b 1
set value
exit /b 0

rem The other way is a file: "set /p" reads its first line. It takes every character as it is, where
rem the line of "for /f" must not begin with a semicolon.
:test
setlocal
set "given=bread & butter"
start "" /b writer --name hand-over --quiet --timeout 60 --env given
call :take
if not "%value%"=="%given%" exit /b 1
set "given=; forty-two and a half"
set "value="
start "" /b writer --name hand-over.2 --quiet --timeout 60 --env given
reader --name hand-over.2 --take --timeout 60 --to oem >"%TEMP%\hand-over.txt"
set /p value=<"%TEMP%\hand-over.txt"
del "%TEMP%\hand-over.txt"
set value
if not "%value%"=="%given%" exit /b 1
exit /b 0
