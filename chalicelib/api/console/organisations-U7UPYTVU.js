import{Wa as t,Ya as o}from"./chunk-F7EBDJF4.js";function e(){return t(o,{title:"Organisations",children:"\u2026"})}export{e as default};
