import{Wa as t,Ya as o}from"./chunk-F7EBDJF4.js";function f(){return t(o,{title:"Account",children:"\u2026"})}export{f as default};
