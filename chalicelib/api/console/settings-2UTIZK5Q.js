import{Wa as t,Ya as e}from"./chunk-F7EBDJF4.js";function f(){return t(e,{title:"Settings",children:"\u2026"})}export{f as default};
